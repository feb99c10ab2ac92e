"""claimgraph: who said that, about whom, when, how sure, where exactly, and who says otherwise."""
