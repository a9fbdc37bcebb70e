"""Where the parts are put together: settings, processes, command line."""
