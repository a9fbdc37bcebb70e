"""What facts mean: measures over the lake. No Django."""
