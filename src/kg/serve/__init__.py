"""The HTTP face of a workspace: a read-only SPARQL endpoint whose queries run in workers that can be ended.

`server` runs uvicorn; `connection` and `gate` hold clients to limits; `endpoint` speaks the protocol; `pool` hands jobs to workers, which a
zygote (`zygote`, `worker`) forks from the loaded files; `jobs` names what a worker can answer. Starlette and uvicorn come with the extra
`claimgraph[serve]`, and nothing else of kg imports this room.
"""
