package io.waggle.benchmarks.freshness;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.waggle.app.demo.Demo;
import io.waggle.app.embedded.EmbeddedWaggle;
import io.waggle.app.report.MetricsPage;
import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.server.ServerFigures;
import io.waggle.server.metric.Delays;
import io.waggle.v1.PolicyConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How soon a reward is part of the model that answers, under a constant load: the whole loop in
 * this JVM. {@code waggle bench freshness}.
 *
 * <p>Two delays are measured, one behind the other: a reward sent to its acknowledgement, which
 * means that Kafka has it; and, by the service, the join receiving the oldest reward that a version
 * is the first to know to that version serving. The second counts each version once, with the
 * reward that waited longest, so its percentiles are above those of all rewards.
 */
@Command(
    name = "freshness",
    mixinStandardHelpOptions = true,
    description = "Reward sent to a model that knows it serving, under a constant load.")
public final class FreshnessCommand implements Callable<Integer> {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--rate", description = "rankings a second; default: ${DEFAULT-VALUE}")
  private int rate = 100;

  @Option(
      names = "--rewarded",
      description = "share of the rankings that get a reward; default: ${DEFAULT-VALUE}")
  private double rewarded = 0.3;

  @Option(names = "--seconds", description = "measured; default: ${DEFAULT-VALUE}")
  private int seconds = 40;

  @Option(names = "--warm-up", description = "seconds before; default: ${DEFAULT-VALUE}")
  private int warmUpSeconds = 20;

  @Option(names = "--surfaces", description = "surface file; default: the demo's front page")
  private @Nullable Path surfaces;

  @Option(names = "--out", description = "result file; default: ${DEFAULT-VALUE}")
  private Path out = Path.of("benchmarks/target/freshness.json");

  @Override
  public Integer call() throws Exception {
    Surfaces served =
        surfaces == null
            ? Demo.surfaces()
            : new Surfaces(SurfaceFiles.read(surfaces).stream().map(Surface::of).toList());
    Surface surface = served.all().get(0);
    Path directory = Files.createTempDirectory("waggle-freshness");
    try (EmbeddedWaggle waggle =
        EmbeddedWaggle.start(
            EmbeddedWaggle.Settings.in(directory), served, step -> System.err.println(step))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", waggle.port()).usePlaintext().build();
      try {
        ConstantLoad load = new ConstantLoad(channel, surface.name(), rate, rewarded);
        load.run(warmUpSeconds);
        MetricsPage before = page(waggle.port());
        ConstantLoad.Seen seen = load.run(seconds);
        ObjectNode result = result(waggle, surface, seen, before);
        Files.writeString(out, JSON.writeValueAsString(result) + "\n");
        System.out.println(JSON.writeValueAsString(result));
        System.out.printf("%nWritten to %s.%n", out);
      } finally {
        channel.shutdownNow();
      }
    }
    return 0;
  }

  private ObjectNode result(
      EmbeddedWaggle waggle, Surface surface, ConstantLoad.Seen seen, MetricsPage before)
      throws Exception {
    ServerFigures figures = waggle.figures();
    ObjectNode root =
        JSON.createObjectNode()
            .put("jdk", Runtime.version().toString())
            .put("surface", surface.name())
            .put("rate", rate)
            .put("rewarded", rewarded)
            .put("seconds", seconds)
            .put("ranked", seen.ranked())
            .put("failed", seen.failed())
            .put("shed", seen.shed());
    root.putObject("reward_to_acknowledged")
        .put("count", seen.acknowledged().getTotalCount())
        .put("p50_ms", seen.acknowledged().getValueAtPercentile(50) / 1e6)
        .put("p99_ms", seen.acknowledged().getValueAtPercentile(99) / 1e6);
    Delays.Summary serving = figures.rewardToServing();
    root.putObject("received_to_serving_since_the_start")
        .put("count", serving.count())
        .put("p50_ms", serving.p50Millis())
        .put("p99_ms", serving.p99Millis())
        .put("max_ms", serving.maxMillis());
    Histogram histogram =
        Histogram.between(before, page(waggle.port()), "waggle_reward_to_serving_seconds_bucket");
    ObjectNode measured =
        root.putObject("received_to_serving")
            .put("count", histogram.count())
            .put("p50_at_most_ms", histogram.percentileMillis(50))
            .put("p99_at_most_ms", histogram.percentileMillis(99));
    ArrayNode buckets = measured.putArray("histogram");
    histogram
        .buckets()
        .forEach(
            (millis, count) -> buckets.addObject().put("at_most_ms", millis).put("count", count));
    MetricsPage jobs = page(waggle.jobMetricsPort());
    ObjectNode bytes = root.putObject("model_bytes_ms");
    for (PolicyConfig policy : surface.policies()) {
      double millis = jobs.sum("model_bytes_millis", "policy", policy.getName());
      if (millis > 0) {
        bytes.put(policy.getName(), millis);
      }
    }
    return root;
  }

  private static MetricsPage page(int port) throws Exception {
    return MetricsPage.read(URI.create("http://127.0.0.1:" + port + "/metrics"));
  }
}
