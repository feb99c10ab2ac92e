"""Links to other linked data: candidates, and what people decide about them."""
