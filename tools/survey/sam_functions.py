"""Prints, as JSON, the functions that AWS's SAM translator (aws-sam-translator) makes of the templates in a folder.

The parameters have their defaults. Where the translator needs code that has been uploaded, it gets an address on S3,
because that's what `sam deploy` gives to it. Usage: sam_functions.py FOLDER
"""

import json
import logging
import os
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

SAM = "AWS::Serverless-2016-10-31"
SKIPPED = {".git", ".aws-sam", "cdk.out", "dist", "node_modules"}
ENDINGS = (".yaml", ".yml", ".json", ".template")
TYPES = ("AWS::Serverless::Function", "AWS::Lambda::Function")
UPLOADED = "s3://bucket/key"
# By resource type: the properties that name something in the workspace, and what stands for it after the upload.
UPLOADS = {
    "AWS::Serverless::Function": {
        "CodeUri": UPLOADED,
        "ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/image:1",
    },
    "AWS::Serverless::LayerVersion": {"ContentUri": UPLOADED},
    "AWS::Serverless::Api": {"DefinitionUri": UPLOADED},
    "AWS::Serverless::HttpApi": {"DefinitionUri": UPLOADED},
    "AWS::Serverless::StateMachine": {"DefinitionUri": UPLOADED},
    "AWS::Serverless::Application": {"Location": "https://s3.amazonaws.com/bucket/key"},
}


class ManagedPolicies(dict):
    """Every name is that of a policy that AWS manages."""

    def __missing__(self, name):
        return f"arn:aws:iam::aws:policy/{name}"

    def get(self, name, default=None):
        return self[name]

    def load(self):
        return self


def templates(folder):
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(set(folders) - SKIPPED)
        for file in sorted(files):
            if file.lower().endswith(ENDINGS):
                yield os.path.join(path, file)


def read(path):
    """The template, or None if the file is something else."""
    with open(path, encoding="utf-8-sig", errors="replace") as file:
        text = file.read()
    if not any(each in text for each in TYPES):
        return None
    template = yaml_parse(text)
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        return None
    # Dates become strings.
    return json.loads(json.dumps(template, default=str))


def upload(template):
    for resource in template["Resources"].values():
        if not isinstance(resource, dict):
            continue
        properties = resource.setdefault("Properties", {}) or {}
        for name, address in UPLOADS.get(resource.get("Type"), {}).items():
            if isinstance(properties.get(name), str):
                properties[name] = address
        if resource.get("Type") == "AWS::Serverless::Function":
            if properties.get("PackageType") == "Image":
                properties.setdefault("ImageUri", UPLOADS["AWS::Serverless::Function"]["ImageUri"])
            elif "InlineCode" not in properties:
                properties.setdefault("CodeUri", UPLOADED)
        resource["Properties"] = properties
    shared = (template.get("Globals") or {}).get("Function") or {}
    if isinstance(shared.get("CodeUri"), str):
        shared["CodeUri"] = UPLOADED


def translate(template):
    transforms = template.get("Transform")
    defaults = {
        name: each["Default"]
        for name, each in (template.get("Parameters") or {}).items()
        if isinstance(each, dict) and "Default" in each
    }
    if SAM in (transforms if isinstance(transforms, list) else [transforms]):
        upload(template)
        template = transform(template, defaults, ManagedPolicies())
    return template["Resources"], defaults


def value(given, defaults, otherwise):
    if isinstance(given, dict) and list(given) == ["Ref"]:
        given = defaults.get(given["Ref"])
    return otherwise if given is None else given


def functions(path):
    template = read(path)
    if template is None:
        return
    declared = set(template["Resources"])
    resources, defaults = translate(template)
    for name, resource in resources.items():
        # Others are made by the translator for itself.
        if name not in declared or resource.get("Type") != "AWS::Lambda::Function":
            continue
        properties = resource.get("Properties") or {}
        yield {
            "file": path,
            "logicalId": name,
            "handler": str(value(properties.get("Handler"), defaults, "")),
            "runtime": str(value(properties.get("Runtime"), defaults, "")),
            "timeoutSeconds": str(value(properties.get("Timeout"), defaults, 3)),
            "memorySizeMb": str(value(properties.get("MemorySize"), defaults, 128)),
        }


def main(folder):
    logging.disable(logging.CRITICAL)
    found, failed = [], []
    for path in templates(folder):
        try:
            found.extend(functions(path))
        except InvalidDocumentException as error:
            causes = "; ".join(cause.message for cause in error.causes)
            failed.append({"file": path, "why": f"{error.message} {causes}"})
        # A file that no parser of YAML reads, or a template that makes the translator fail.
        except Exception as error:  # pylint: disable=broad-except
            failed.append({"file": path, "why": f"{type(error).__name__}: {error}"})
    json.dump({"functions": found, "failed": failed}, sys.stdout)


os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
main(sys.argv[1])
