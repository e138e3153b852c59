"""Counts words."""

import logging
import re
from collections import Counter

logger = logging.getLogger()
logger.setLevel(logging.INFO)


def handler(event, context):
    words = re.findall(r"\w+", event["text"].lower())
    logger.info("%d words, %d ms left", len(words), context.get_remaining_time_in_millis())
    most_common = Counter(words).most_common(event.get("top", 3))
    return {"count": len(words), "mostCommon": [{"word": word, "count": count} for word, count in most_common]}
