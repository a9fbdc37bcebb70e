"""Files (文件): pictures and recordings that people gave, each kept once under the name of its own content.

What is kept is never what came: it is drawn or recorded anew in a process of its own, so that nothing else travels in it.
"""
