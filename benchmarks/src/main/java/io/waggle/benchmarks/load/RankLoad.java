package io.waggle.benchmarks.load;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.RankingServiceGrpc;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Ranks over gRPC at a fixed arrival rate and prints the latency histogram beside that of an empty
 * unary call on the same server in the same run. Latency counts from the moment a call was due, so
 * a stall is paid by every call it delayed (no coordinated omission). Calls in flight are bounded;
 * a call that finds no place is counted as shed, not waited for.
 */
@Command(
    name = "load",
    mixinStandardHelpOptions = true,
    description = "Rank over gRPC at a fixed rate; latency beside an empty unary call.")
public final class RankLoad implements Callable<Integer> {
  private static final int IN_FLIGHT = 1024;
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final int REQUESTS = 256;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Host of the ranking service.")
  private String host = "";

  @Option(names = "--port", required = true, description = "Port of the ranking service.")
  private int port;

  @Option(names = "--surface", required = true, description = "Surface to rank for.")
  private String surface = "";

  @Option(names = "--rate", defaultValue = "500", description = "Calls a second.")
  private int rate;

  @Option(names = "--seconds", defaultValue = "10", description = "Seconds measured a scenario.")
  private int seconds;

  @Option(names = "--warm-up", defaultValue = "5", description = "Seconds before measuring.")
  private int warmUpSeconds;

  @Option(names = "--actions", defaultValue = "50", description = "Actions a request.")
  private int actions;

  @Option(names = "--features", defaultValue = "20", description = "Features an action.")
  private int features;

  @Option(names = "--json", description = "Also write the figures to this file.")
  private @Nullable Path json;

  /** Runs and prints; exit code 1 when a call failed. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new RankLoad()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(host, port).usePlaintext().directExecutor().build();
    try {
      BiConsumer<Integer, StreamObserver<Object>> rank = rankCalls(channel);
      BiConsumer<Integer, StreamObserver<Object>> empty = emptyCalls(channel);
      run(rank, warmUpSeconds);
      run(empty, warmUpSeconds);
      // Twice each, interleaved, so that a slow spell of the machine does not fall on one alone.
      Figures first = run(rank, seconds);
      Figures firstEmpty = run(empty, seconds);
      Figures ranked = first.and(run(rank, seconds));
      Figures emptied = firstEmpty.and(run(empty, seconds));
      print(System.out, ranked, emptied);
      if (json != null) {
        Files.writeString(json, json(ranked, emptied));
      }
      return ranked.failed() + emptied.failed() == 0 ? 0 : 1;
    } finally {
      channel.shutdownNow();
    }
  }

  @SuppressWarnings("unchecked") // the observer only counts
  private BiConsumer<Integer, StreamObserver<Object>> rankCalls(ManagedChannel channel) {
    RankingServiceGrpc.RankingServiceStub stub = RankingServiceGrpc.newStub(channel);
    Workload workload = new Workload(5);
    RankRequest[] requests = new RankRequest[REQUESTS];
    for (int index = 0; index < REQUESTS; index++) {
      requests[index] =
          RankRequest.newBuilder()
              .setSurface(surface)
              .setUserId("u" + index)
              .addContext(workload.namespace("user", 8))
              .addAllActions(workload.actions(actions, features))
              .build();
    }
    return (index, observer) ->
        stub.rank(
            requests[index % REQUESTS],
            (StreamObserver<RankResponse>) (StreamObserver<?>) observer);
  }

  @SuppressWarnings("unchecked") // the observer only counts
  private static BiConsumer<Integer, StreamObserver<Object>> emptyCalls(ManagedChannel channel) {
    HealthGrpc.HealthStub stub = HealthGrpc.newStub(channel);
    HealthCheckRequest request = HealthCheckRequest.getDefaultInstance();
    return (index, observer) ->
        stub.check(request, (StreamObserver<HealthCheckResponse>) (StreamObserver<?>) observer);
  }

  private Figures run(BiConsumer<Integer, StreamObserver<Object>> call, int runSeconds) {
    ConcurrentHistogram latency = new ConcurrentHistogram(LONGEST_NANOS, 3);
    LongAdder failed = new LongAdder();
    long shed = 0;
    Semaphore places = new Semaphore(IN_FLIGHT);
    int calls = rate * runSeconds;
    double gapNanos = 1e9 / rate;
    long start = System.nanoTime();
    for (int index = 0; index < calls; index++) {
      long due = start + (long) (index * gapNanos);
      awaitTime(due);
      if (places.tryAcquire()) {
        call.accept(index, new Timed(due, latency, failed, places));
      } else {
        shed++;
      }
    }
    places.acquireUninterruptibly(IN_FLIGHT);
    double took = (System.nanoTime() - start) / 1e9;
    return new Figures(latency, failed.sum(), shed, took);
  }

  private static void awaitTime(long dueNanos) {
    long left = dueNanos - System.nanoTime();
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = dueNanos - System.nanoTime();
    }
  }

  private void print(PrintStream out, Figures ranked, Figures emptied) {
    out.printf(
        Locale.ROOT,
        "%d actions x %d features, %d calls/s, 2 x %d s each, interleaved%n%n",
        actions,
        features,
        rate,
        seconds);
    out.printf(
        "%-12s %9s %9s %9s %9s %9s %7s %7s%n",
        "call", "p50 ms", "p90 ms", "p99 ms", "p99.9 ms", "max ms", "failed", "shed");
    line(out, "rank", ranked);
    line(out, "empty call", emptied);
    out.printf(
        Locale.ROOT,
        "%-12s %9.2f %9.2f %9.2f%n",
        "ratio",
        ranked.millis(50) / emptied.millis(50),
        ranked.millis(90) / emptied.millis(90),
        ranked.millis(99) / emptied.millis(99));
  }

  private static void line(PrintStream out, String name, Figures figures) {
    out.printf(
        Locale.ROOT,
        "%-12s %9.3f %9.3f %9.3f %9.3f %9.3f %7d %7d%n",
        name,
        figures.millis(50),
        figures.millis(90),
        figures.millis(99),
        figures.millis(99.9),
        figures.millis(100),
        figures.failed(),
        figures.shed());
  }

  private String json(Figures ranked, Figures emptied) {
    return String.format(
        Locale.ROOT,
        """
        {
          "actions": %d, "features": %d, "rate": %d, "seconds": %d,
          "jdk": "%s",
          "rank": %s,
          "empty": %s
        }
        """,
        actions,
        features,
        rate,
        2 * seconds,
        Runtime.version(),
        ranked.json(),
        emptied.json());
  }

  /** Latencies in nanoseconds and what did not come back. */
  private record Figures(Histogram latency, long failed, long shed, double seconds) {
    double millis(double percentile) {
      return latency.getValueAtPercentile(percentile) / 1e6;
    }

    Figures and(Figures other) {
      Histogram both = latency.copy();
      both.add(other.latency);
      return new Figures(both, failed + other.failed, shed + other.shed, seconds + other.seconds);
    }

    String json() {
      return String.format(
          Locale.ROOT,
          "{\"count\": %d, \"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"p999_ms\": %.3f,"
              + " \"max_ms\": %.3f, \"failed\": %d, \"shed\": %d}",
          latency.getTotalCount(),
          millis(50),
          millis(90),
          millis(99),
          millis(99.9),
          millis(100),
          failed,
          shed);
    }
  }

  /** One call: records its latency from when it was due. */
  private record Timed(long dueNanos, Histogram latency, LongAdder failed, Semaphore places)
      implements StreamObserver<Object> {
    @Override
    public void onNext(Object answer) {}

    @Override
    public void onError(Throwable problem) {
      if (failed.intValue() == 0) {
        System.err.println("first failed call: " + Status.fromThrowable(problem));
      }
      failed.increment();
      places.release();
    }

    @Override
    public void onCompleted() {
      latency.recordValue(Math.min(System.nanoTime() - dueNanos, LONGEST_NANOS));
      places.release();
    }
  }
}
