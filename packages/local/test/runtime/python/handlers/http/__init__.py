raise ImportError("the function has a package of this name")
