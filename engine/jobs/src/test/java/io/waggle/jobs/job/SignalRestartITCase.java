package io.waggle.jobs.job;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waggle.core.surface.Surface;
import io.waggle.core.surface.SurfaceFiles;
import io.waggle.core.surface.Surfaces;
import io.waggle.jobs.session.SessionNames;
import io.waggle.jobs.signal.EveryRecord;
import io.waggle.jobs.signal.RandomInteractions;
import io.waggle.state.serializer.ProtoTypeInformation;
import io.waggle.v1.Control;
import io.waggle.v1.Interaction;
import io.waggle.v1.Item;
import io.waggle.v1.ModelSnapshot;
import io.waggle.v1.RankRequest;
import io.waggle.v1.Session;
import io.waggle.v1.Signal;
import io.waggle.v1.SurfaceConfig;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The session job with the shipped signals, stopped in the middle of half-open matches. */
@Timeout(120)
class SignalRestartITCase {
  private static final int COUNT = 400;
  private static final List<Interaction> INTERACTIONS = interactions();

  @TempDir static Path checkpoints;
  private static SavepointCluster cluster;

  @TempDir private Path directory;

  /** What a run wrote: signals by id, and the newest session of each user. */
  private record Result(Map<String, Signal> signals, Map<String, Session> sessions) {}

  /** The sinks of a run; several jobs may write to them, one after the other. */
  private record Written(CollectingSink<Session> sessions, CollectingSink<Signal> signals) {
    Written() {
      this(new CollectingSink<>(), new CollectingSink<>());
    }

    Result result() {
      Map<String, Signal> byId = new TreeMap<>();
      signals.elements().forEach(signal -> byId.put(signal.getSignalId(), signal));
      return new Result(byId, SessionScenario.newest(sessions));
    }
  }

  @BeforeAll
  static void start() throws Exception {
    cluster = new SavepointCluster(checkpoints);
  }

  @AfterAll
  static void stop() throws Exception {
    cluster.close();
  }

  @Test
  void crashInTheMiddleLosesAndDoublesNothing() throws Exception {
    Written undisturbed = new Written();
    cluster.run(graph(shipped(), undisturbed, 1, null, "undisturbed"));
    Written crashed = new Written();
    cluster.run(graph(shipped(), crashed, 2, "crash", "crashed"));

    assertThat(Pace.FAILED).as("the job crashed").hasValue(1);
    assertThat(undisturbed.result().signals()).hasSizeGreaterThan(50);
    assertThat(undisturbed.signals().elements())
        .extracting(Signal::getSignalId)
        .doesNotHaveDuplicates();
    assertThat(crashed.result()).isEqualTo(undisturbed.result());
    assertThat(signalsInSessions(crashed.result()))
        .isEqualTo(undisturbed.result().signals().size());
  }

  @Test
  void savepointGoesOnWithAnotherParallelism() throws Exception {
    Written undisturbed = new Written();
    cluster.run(graph(shipped(), undisturbed, 1, null, "undisturbed"));
    Written stopped = new Written();
    String savepoint = stopHalfWay(graph(shipped(), stopped, 1, "wait", "before"));

    StreamGraph after = graph(shipped(), stopped, 2, null, "after");
    LeftBehind.restore(after, savepoint, RecoveryClaimMode.NO_CLAIM);
    cluster.run(after);

    assertThat(stopped.result()).isEqualTo(undisturbed.result());
    assertThat(stopped.signals().elements())
        .extracting(Signal::getSignalId)
        .doesNotHaveDuplicates();
  }

  @Test
  void changedSignalStartsAnewAndALostOperatorIsRefused() throws Exception {
    Written written = new Written();
    String savepoint = stopHalfWay(graph(shipped(), written, 1, "wait", "before"));
    int found = written.result().signals().size();
    SurfaceConfig.Builder changed = shipped().toBuilder();
    changed.getSignalsBuilder(0).setMaxInteractions(100);
    changed.removeSignals(1);

    StreamGraph other = graph(changed.build(), written, 1, null, "after");
    assertThat(LeftBehind.uids(other, savepoint))
        .hasSize(2)
        .allMatch(uid -> uid.startsWith(SessionNames.SIGNAL_UID + "/shop/"));
    LeftBehind.restore(other, savepoint, RecoveryClaimMode.NO_CLAIM);
    cluster.run(other);
    assertThat(written.result().signals()).hasSizeGreaterThan(found);

    StreamExecutionEnvironment configured = environment(1);
    configured.configure(
        Configuration.fromMap(Map.of(StateRecoveryOptions.SAVEPOINT_PATH.key(), savepoint)));
    define(configured, changed.build(), written, null);
    StreamGraph started = configured.getStreamGraph();
    LeftBehind.restoreAsConfigured(started);
    assertThat(started.getSavepointRestoreSettings().allowNonRestoredState()).isTrue();

    StreamExecutionEnvironment environment = environment(1);
    var unused =
        interactions(environment, null).print().uid(SessionNames.SESSIONS_SINK_UID).name("lost");
    StreamGraph lost = environment.getStreamGraph();
    LeftBehind.restore(lost, savepoint, RecoveryClaimMode.NO_CLAIM);
    assertThat(LeftBehind.uids(lost, savepoint)).contains(SessionNames.FOLD_UID);
    assertThat(lost.getSavepointRestoreSettings().allowNonRestoredState()).isFalse();
  }

  private static long signalsInSessions(Result result) {
    return result.sessions().values().stream()
        .mapToLong(session -> session.getSignals().getFolded())
        .sum();
  }

  private String stopHalfWay(StreamGraph graph) throws Exception {
    String savepoint = cluster.stop(graph, Pace.half::await, directory.resolve("savepoint"));
    assertThat(Pace.SEEN.get()).as("stopped before the end").isLessThan(COUNT);
    return savepoint;
  }

  private static StreamExecutionEnvironment environment(int parallelism) {
    StreamExecutionEnvironment environment = cluster.environment(parallelism);
    environment.configure(
        new Configuration()
            .set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50)));
    return environment;
  }

  private static StreamGraph graph(
      SurfaceConfig surface,
      Written written,
      int parallelism,
      @Nullable String fault,
      String name) {
    StreamExecutionEnvironment environment = environment(parallelism);
    define(environment, surface, written, fault);
    StreamGraph graph = environment.getStreamGraph();
    graph.setJobName(name);
    return graph;
  }

  private static void define(
      StreamExecutionEnvironment environment,
      SurfaceConfig surface,
      Written written,
      @Nullable String fault) {
    SessionJob.define(
        new SessionJob.Inputs(
            interactions(environment, fault),
            nothing(environment, RankRequest.getDefaultInstance(), RankRequest.class),
            nothing(environment, ModelSnapshot.getDefaultInstance(), ModelSnapshot.class),
            nothing(environment, Control.getDefaultInstance(), Control.class),
            nothing(environment, Item.getDefaultInstance(), Item.class)),
        new SessionJob.Outputs(
            written.sessions(),
            written.signals(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>(),
            new CollectingSink<>()),
        new Surfaces(List.of(Surface.of(surface))));
  }

  private static SingleOutputStreamOperator<Interaction> interactions(
      StreamExecutionEnvironment environment, @Nullable String fault) {
    Pace.SEEN.set(0);
    Pace.half = new CountDownLatch(COUNT / 2);
    Pace.FAILED.set(0);
    Pace.FAULT.set(fault);
    return environment
        .fromData(
            ProtoTypeInformation.forMessage(Interaction.class),
            INTERACTIONS.toArray(Interaction[]::new))
        .uid("test-interactions")
        .setParallelism(1)
        .map(new Pace())
        .returns(ProtoTypeInformation.forMessage(Interaction.class))
        .uid("test-pace")
        .setParallelism(1)
        .assignTimestampsAndWatermarks(
            WatermarkStrategy.<Interaction>forGenerator(context -> new EveryRecord(0))
                .withTimestampAssigner((each, time) -> each.getEventTimeMillis()))
        .uid("test-time")
        .setParallelism(1);
  }

  private static <T extends com.google.protobuf.Message> SingleOutputStreamOperator<T> nothing(
      StreamExecutionEnvironment environment, T one, Class<T> messageClass) {
    return environment
        .fromData(List.of(one), ProtoTypeInformation.forMessage(messageClass))
        .uid("test-" + messageClass.getSimpleName())
        .setParallelism(1)
        .filter(each -> false)
        .uid("test-no-" + messageClass.getSimpleName())
        .setParallelism(1);
  }

  private static List<Interaction> interactions() {
    List<Interaction> interactions = new ArrayList<>(RandomInteractions.of(7, "shop", COUNT));
    interactions.add(RandomInteractions.end("shop"));
    return interactions;
  }

  private static SurfaceConfig shipped() throws Exception {
    try (InputStream file = SurfaceFiles.class.getResourceAsStream("/waggle/signals.yaml")) {
      String yaml = new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
      return SurfaceFiles.parse(yaml.replace("name: signals\n", "name: shop\n"));
    }
  }

  /** Lets interactions through one by one; crashes half way, once, or waits there to be stopped. */
  private static final class Pace extends RichMapFunction<Interaction, Interaction>
      implements CheckpointListener {
    private static final long serialVersionUID = 1L;

    // The job runs in this JVM; one job at a time.
    private static final AtomicInteger SEEN = new AtomicInteger();
    private static volatile CountDownLatch half = new CountDownLatch(0);
    private static final AtomicInteger FAILED = new AtomicInteger();
    private static final AtomicReference<@Nullable String> FAULT = new AtomicReference<>();

    private transient boolean saved;

    @Override
    public Interaction map(Interaction interaction) throws InterruptedException {
      int seen = SEEN.incrementAndGet();
      half.countDown();
      String fault = FAULT.get();
      if (fault != null && FAILED.get() == 0) {
        // Half way there is time for a checkpoint, or to be stopped.
        Thread.sleep(seen > COUNT / 2 ? 50 : 2);
      }
      if ("crash".equals(fault) && saved && seen > COUNT / 2 && FAILED.compareAndSet(0, 1)) {
        throw new IllegalStateException("crash in the middle, as the test wants");
      }
      return interaction;
    }

    @Override
    public void notifyCheckpointComplete(long checkpoint) {
      saved = SEEN.get() > COUNT / 4;
    }
  }
}
