"""Which text model the catalogue is encoded by, and how it changes to another one."""
