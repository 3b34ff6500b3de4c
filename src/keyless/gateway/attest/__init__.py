"""Who is at the other end of a TCP connection on this machine, told by the kernel and not by the caller.

`addresses` name the two ends, `sockets` finds the far socket, `processes` reads what /proc says, `peer` ties
a socket to the processes that hold it, `facts` and `placement` say what those are, `matching` which workload
that is, `ancestry` whose descendants they are; `turns` keeps one user from delaying others.
"""
