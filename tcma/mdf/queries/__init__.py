"""What pages and the API ask: balances, requests, claims, what waits for whom."""
