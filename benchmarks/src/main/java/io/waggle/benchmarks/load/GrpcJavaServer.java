package io.waggle.benchmarks.load;

import io.grpc.BindableService;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The same service behind grpc-java's own server, on its event loops as it is on Armeria's: the
 * alternative of decision 0041, for measuring alone.
 */
final class GrpcJavaServer implements AutoCloseable {
  private static final long STOP_SECONDS = 5;

  private final Server server;

  GrpcJavaServer(BindableService service) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .directExecutor()
            .addService(service)
            .addService(new HealthStatusManager().getHealthService())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
