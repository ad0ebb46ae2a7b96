package io.waggle.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.util.JsonFormat;
import io.grpc.stub.StreamObserver;
import io.waggle.benchmarks.loop.TemporaryDirectory;
import io.waggle.core.declared.DeclaredFeatures;
import io.waggle.core.declared.ItemSource;
import io.waggle.core.feature.Example;
import io.waggle.core.feature.SessionFeatures;
import io.waggle.core.model.ServingModels;
import io.waggle.core.policy.Exploration;
import io.waggle.core.rank.RankInput;
import io.waggle.core.rank.Ranker;
import io.waggle.core.rule.Violation;
import io.waggle.server.wire.RankRequestMarshaller;
import io.waggle.v1.Decision;
import io.waggle.v1.Namespace;
import io.waggle.v1.RankRequest;
import io.waggle.v1.RankResponse;
import io.waggle.v1.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.curioswitch.common.protobuf.json.MessageMarshaller;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The request path step by step, from the bytes of a request to those of its answer, and as a whole
 * without the network: 50 actions of 20 features, 8 features of the user, a session looked up on
 * disk, both multiplied with the actions'. Bytes allocated: {@code waggle bench jmh
 * RankPathBenchmark -prof gc}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class RankPathBenchmark {
  @Param("50")
  private int actions;

  @Param("20")
  private int features;

  private RankRequestMarshaller marshaller;
  private final DeclaredFeatures declared = new DeclaredFeatures(ItemSource.NONE);
  private TemporaryDirectory directory;
  private RankPath path;
  private RankRequest request;
  private byte[] json;
  private MessageMarshaller jsonMarshaller;
  private NewActions newActions;
  private RankInput input;
  private Example example;
  private double[] probabilities;
  private Ranker.Ranked ranked;
  private byte[] decision;
  private RankRequest knownRequest;
  private Decision knownDecision;
  private long seed;

  /** One that is ready, for whoever measures without JMH; to be closed. */
  static RankPathBenchmark of(int actions, int features) throws Exception {
    RankPathBenchmark path = new RankPathBenchmark();
    path.actions = actions;
    path.features = features;
    path.prepare();
    return path;
  }

  /** Wires the path and takes each step once. */
  @Setup(Level.Trial)
  public void prepare() throws Exception {
    directory = TemporaryDirectory.create("rank-path");
    path = new RankPath(directory.path(), actions, features);
    marshaller = new RankRequestMarshaller(path.known);
    request = RankRequest.parseFrom(path.request);
    json = JsonFormat.printer().omittingInsignificantWhitespace().print(request).getBytes(UTF_8);
    jsonMarshaller = MessageMarshaller.builder().register(RankRequest.getDefaultInstance()).build();
    newActions = new NewActions(request);
    input =
        new RankInput(
            "d",
            RankPath.USER,
            RankPath.NOW_MILLIS,
            request.getContextList(),
            path.session(RankPath.USER),
            request.getActionsList(),
            false,
            List.of());
    example =
        new Example(input.context(), encode(), input.actions(), input.timeMillis(), List.of());
    probabilities = score().prediction().probabilities();
    ranked = path.ranker.rank(path.surface, input);
    decision = ranked.decision().toByteArray();
    // Of the second time its objects are kept, which the third time are asked for.
    for (int i = 0; i < 3; i++) {
      var unused = readKnownJson();
      knownRequest = marshaller.read(path.request);
      List<Violation> none = path.rules.check(knownRequest);
      if (!none.isEmpty()) {
        throw new IllegalStateException(none.toString());
      }
    }
    knownDecision =
        ranked.decision().toBuilder()
            .clearActions()
            .addAllActions(knownRequest.getActionsList())
            .build();
  }

  @TearDown(Level.Trial)
  public void close() throws Exception {
    path.close();
    directory.close();
  }

  /** Bytes to request, as protobuf does it. */
  @Benchmark
  public RankRequest parse() throws Exception {
    return RankRequest.parseFrom(path.request);
  }

  /** Bytes to request as the service does it, all actions known. */
  @Benchmark
  public RankRequest readKnown() throws Exception {
    return marshaller.read(path.request);
  }

  /** Bytes to request as the service does it, no action known; makes the bytes too. */
  @Benchmark
  public RankRequest readNew() throws Exception {
    return marshaller.read(newActions.bytes(seed++));
  }

  /** JSON to request, as its library does it. */
  @Benchmark
  public RankRequest readJson() throws IOException {
    return parse(json);
  }

  /** JSON to request as the service does it, all actions known. */
  @Benchmark
  public RankRequest readKnownJson() throws IOException {
    return marshaller.readJson(json, this::parse);
  }

  private RankRequest parse(byte[] text) throws IOException {
    RankRequest.Builder read = RankRequest.newBuilder();
    jsonMarshaller.mergeValue(text, read);
    return read.build();
  }

  /** All rules of a request. */
  @Benchmark
  public List<Violation> validate() {
    return path.rules.check(request);
  }

  /** The same of a request whose actions were valid before. */
  @Benchmark
  public List<Violation> validateKnown() {
    return path.rules.check(knownRequest);
  }

  /** The user's session, from disk cache to message. */
  @Benchmark
  public Session lookUpSession() {
    return path.session(RankPath.USER);
  }

  /** Session and surface as features. */
  @Benchmark
  public List<Namespace> encode() {
    DeclaredFeatures.Encoded encoded =
        declared.encode(
            path.surface.config(),
            path.surface.session().gap(),
            input.session(),
            input.context(),
            input.actions(),
            input.timeMillis());
    List<Namespace> all =
        new ArrayList<>(
            SessionFeatures.of(input.session(), input.timeMillis(), path.surface.session()));
    all.addAll(encoded.shared());
    return all;
  }

  /** Features to probabilities. */
  @Benchmark
  public ServingModels.Served score() {
    return Objects.requireNonNull(
        path.models.predict(path.surface.name(), RankPath.POLICY, example));
  }

  /** Floor, seed and draw. */
  @Benchmark
  public int draw() {
    double[] drawn = probabilities.clone();
    Exploration.applyFloor(drawn, path.surface.explorationFloor());
    return Exploration.draw(drawn, Exploration.seed(path.surface.name(), "d" + seed++));
  }

  /** Encoding, scoring, drawing, decision and answer: all that the core does. */
  @Benchmark
  public Ranker.Ranked rank() {
    return path.ranker.rank(path.surface, input);
  }

  /** Answer to bytes. */
  @Benchmark
  public byte[] answer() {
    return ranked.response().toByteArray();
  }

  /** Decision to the spool's bytes, as protobuf does it. */
  @Benchmark
  public byte[] serializeDecision() {
    return ranked.decision().toByteArray();
  }

  /** The same as the service does it, all actions known. */
  @Benchmark
  public byte[] serializeKnownDecision() {
    return path.bytes.of(knownDecision);
  }

  /**
   * Bytes to a decision, whose size nobody has asked for yet, and that to the log: less the former
   * alone it is what the hand-over costs its caller.
   */
  @Benchmark
  public Decision parseAndHandOver() throws Exception {
    Decision fresh = Decision.parseFrom(decision);
    path.log.log(fresh);
    return fresh;
  }

  /** The former alone. */
  @Benchmark
  public Decision parseDecision() throws Exception {
    return Decision.parseFrom(decision);
  }

  /**
   * Bytes of the request to bytes of the answer, the decision on its way to the log; all actions
   * known.
   */
  @Benchmark
  public byte[] endToEnd() throws Exception {
    return answer(path.request);
  }

  /** The same, no action known; makes the bytes too. */
  @Benchmark
  public byte[] endToEndOfNew() throws Exception {
    return answer(newActions.bytes(seed++));
  }

  private byte[] answer(byte[] bytes) throws Exception {
    Answer answer = new Answer();
    path.service.rank(marshaller.read(bytes), answer);
    return answer.bytes;
  }

  private static final class Answer implements StreamObserver<RankResponse> {
    private byte[] bytes = new byte[0];

    @Override
    public void onNext(RankResponse response) {
      bytes = response.toByteArray();
    }

    @Override
    public void onError(Throwable problem) {
      throw new IllegalStateException(problem);
    }

    @Override
    public void onCompleted() {}
  }
}
