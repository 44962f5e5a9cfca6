"""The demonstration: three processes run over gRPC as an integrator would, then bundled, verified and tampered with."""
