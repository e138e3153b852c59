// What an extension costs that does nothing: ours is measured against it.
exports.activate = () => {};
