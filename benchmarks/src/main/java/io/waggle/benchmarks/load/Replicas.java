package io.waggle.benchmarks.load;

import static java.util.stream.Collectors.joining;

import io.grpc.EquivalentAddressGroup;
import io.grpc.ManagedChannel;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusOr;
import io.grpc.netty.NettyChannelBuilder;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A client of several replicas as of a service in Kubernetes: it knows their addresses, calls them
 * in turn, watches their health, and where told to asks again when one cannot be reached.
 */
final class Replicas {
  private static final String SCHEME = "waggle-replicas";
  private static final String SERVICE = "waggle.v1.RankingService";

  private Replicas() {}

  /**
   * A channel to all of them.
   *
   * @param asksAgain true: up to four attempts where a replica is unavailable
   */
  static ManagedChannel channel(List<Integer> ports, boolean asksAgain) {
    NameResolverRegistry.getDefaultRegistry().register(new Addresses());
    String target = SCHEME + ":///" + ports.stream().map(String::valueOf).collect(joining(","));
    Map<String, Object> config =
        Map.of(
            "loadBalancingConfig",
            List.of(Map.of("round_robin", Map.of())),
            "healthCheckConfig",
            Map.of("serviceName", SERVICE),
            "methodConfig",
            asksAgain ? List.of(retries()) : List.of());
    return NettyChannelBuilder.forTarget(target)
        .defaultServiceConfig(config)
        .usePlaintext()
        .directExecutor()
        .build();
  }

  private static Map<String, Object> retries() {
    return Map.of(
        "name",
        List.of(Map.of("service", SERVICE)),
        "retryPolicy",
        Map.of(
            "maxAttempts",
            4.0,
            "initialBackoff",
            "0.05s",
            "maxBackoff",
            "0.5s",
            "backoffMultiplier",
            2.0,
            "retryableStatusCodes",
            List.of("UNAVAILABLE")));
  }

  /**
   * Addresses on the loopback interface, which do not change: a replica comes back where it was.
   */
  private static final class Addresses extends NameResolverProvider {
    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args arguments) {
      List<EquivalentAddressGroup> all =
          Arrays.stream(target.getPath().substring(1).split(",", -1))
              .map(Integer::parseInt)
              .map(port -> new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
              .map(EquivalentAddressGroup::new)
              .toList();
      return new Fixed(all);
    }

    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 0;
    }

    @Override
    public String getDefaultScheme() {
      return SCHEME;
    }
  }

  /** Says the addresses once. */
  private static final class Fixed extends NameResolver {
    private final List<EquivalentAddressGroup> all;

    Fixed(List<EquivalentAddressGroup> all) {
      this.all = all;
    }

    @Override
    public String getServiceAuthority() {
      return "replicas";
    }

    @Override
    public void start(Listener2 listener) {
      listener.onResult(
          ResolutionResult.newBuilder().setAddressesOrError(StatusOr.fromValue(all)).build());
    }

    @Override
    public void shutdown() {}
  }
}
