"""The measures (指标), one module each; `catalogue.py` names them all. Copy a neighbour to add one."""
