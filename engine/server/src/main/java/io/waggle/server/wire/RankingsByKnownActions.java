package io.waggle.server.wire;

import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;

/** The ranking service with a {@link RankRequestMarshaller} in its Rank. */
public final class RankingsByKnownActions implements BindableService {
  private final MethodDescriptor<RankRequest, RankResponse> rank;
  private final ServerServiceDefinition bound;

  /** That service, reading requests by actions that are known. */
  public RankingsByKnownActions(BindableService service, KnownActions actions) {
    MethodDescriptor<RankRequest, RankResponse> ordinary = RankingServiceGrpc.getRankMethod();
    rank =
        ordinary.toBuilder(new RankRequestMarshaller(actions), ordinary.getResponseMarshaller())
            .build();
    bound = bind(service.bindService());
  }

  /** The same each time: Armeria compares descriptors by identity. */
  @Override
  public ServerServiceDefinition bindService() {
    return bound;
  }

  private ServerServiceDefinition bind(ServerServiceDefinition service) {
    ServiceDescriptor.Builder descriptor =
        ServiceDescriptor.newBuilder(service.getServiceDescriptor().getName())
            .setSchemaDescriptor(service.getServiceDescriptor().getSchemaDescriptor());
    for (MethodDescriptor<?, ?> method : service.getServiceDescriptor().getMethods()) {
      descriptor.addMethod(isRank(method) ? rank : method);
    }
    ServerServiceDefinition.Builder all = ServerServiceDefinition.builder(descriptor.build());
    for (ServerMethodDefinition<?, ?> method : service.getMethods()) {
      if (isRank(method.getMethodDescriptor())) {
        all.addMethod(rank, handler(method));
      } else {
        all.addMethod(method);
      }
    }
    return all.build();
  }

  private boolean isRank(MethodDescriptor<?, ?> method) {
    return method.getFullMethodName().equals(rank.getFullMethodName());
  }

  @SuppressWarnings("unchecked") // Rank's own: a definition does not say the types of its methods
  private static ServerCallHandler<RankRequest, RankResponse> handler(
      ServerMethodDefinition<?, ?> method) {
    return (ServerCallHandler<RankRequest, RankResponse>) method.getServerCallHandler();
  }
}
