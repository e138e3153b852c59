raise ImportError("the function has a module of this name")
