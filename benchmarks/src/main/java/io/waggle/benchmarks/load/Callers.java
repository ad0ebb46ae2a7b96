package io.waggle.benchmarks.load;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.grpc.health.v1.HealthCheckResponse;
import io.waggle.benchmarks.jmh.NewActions;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.benchmarks.loop.Progress;
import io.waggle.server.RankingServer;
import io.waggle.server.ServerSettings;
import io.waggle.server.wire.RankingsByKnownActions;
import io.waggle.v1.RankResponse;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * The ways of a plan, ready to be asked, each looked at once: what is measured ranks all actions,
 * by a model, for a user whose session is known. One thread.
 */
final class Callers implements AutoCloseable {
  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private final Map<Way, Caller> callers = new EnumMap<>(Way.class);
  private final Map<String, Object> requestBytes = new LinkedHashMap<>();
  private final Plan plan;
  private final Requests requests;

  private Callers(Plan plan, String surface) {
    this.plan = plan;
    this.requests = new Requests(surface, plan.actions(), plan.features());
  }

  /** Of services that this starts in this JVM, over a broker whose owner closes it. */
  static Callers over(LoadedBroker broker, Plan plan, Path directory, Progress progress)
      throws Exception {
    Callers callers = new Callers(plan, LoadedBroker.SURFACE);
    try {
      callers.start(broker, directory, progress);
    } catch (Exception e) {
      callers.close();
      throw e;
    }
    return callers;
  }

  /**
   * Of a service elsewhere.
   *
   * @throws IllegalArgumentException when a way needs the service in this JVM
   */
  static Callers of(Plan plan, String host, int port, String surface) throws Exception {
    for (Way way : plan.ways()) {
      if (!way.isRemote()) {
        throw new IllegalArgumentException(
            "scenarios: "
                + way.text()
                + " (expected: none that needs the service in this process)");
      }
    }
    Callers callers = new Callers(plan, surface);
    try {
      for (Way way : plan.ways()) {
        callers.add(way, callers.remote(way, host, port, false));
      }
    } catch (Exception e) {
      callers.close();
      throw e;
    }
    return callers;
  }

  private void start(LoadedBroker broker, Path directory, Progress progress) throws Exception {
    progress.say("starting a ranking service");
    RankingServer service =
        opened(
            ServiceUnderLoad.start(
                broker, 0, directory.resolve("views"), ServerSettings.Turnover.AT_ONCE));
    GrpcJavaServer other =
        opened(
            new GrpcJavaServer(new RankingsByKnownActions(service.ranking(), service.actions())));
    for (Way way : plan.ways()) {
      Caller caller =
          switch (way) {
            case GRPC_JAVA, GRPC_JAVA_NO_OP -> remote(way, "127.0.0.1", other.port(), true);
            case IN_PROCESS -> new InProcessCaller(service.ranking(), requests);
            case VW_TEXT ->
                new TextCaller(Workload.ARGUMENTS, broker.model(), requests, broker.sessions());
            case KAFKA -> new TopicCaller(broker.bootstrapServers(), requests);
            default -> remote(way, "127.0.0.1", service.port(), true);
          };
      add(way, caller);
    }
  }

  private <T extends AutoCloseable> T opened(T part) {
    parts.push(part);
    return part;
  }

  private void add(Way way, Caller caller) {
    callers.put(way, opened(caller));
  }

  private Caller remote(Way way, String host, int port, boolean ours) throws Exception {
    if (way == Way.GRPC_NEW) {
      NewActions[] requests = this.requests.ofNewActions();
      requestBytes.put(way.text(), (long) requests[0].bytes(0).length);
      return overGrpc(
          way,
          host,
          port,
          ours,
          number -> requests[(int) (number % requests.length)].bytes(number));
    }
    byte[][] bytes =
        switch (way) {
          case GRPC, GRPC_JAVA -> requests.protobuf();
          case NO_OP, GRPC_JAVA_NO_OP -> requests.protobufOfNothing();
          case JSON -> requests.json();
          default -> requests.jsonOfNothing();
        };
    requestBytes.put(way.text(), Requests.meanBytes(bytes));
    if (way == Way.JSON || way == Way.JSON_NO_OP) {
      return overJson(way, host, port, bytes);
    }
    return overGrpc(way, host, port, ours, Requests.inTurn(bytes));
  }

  private Caller overJson(Way way, String host, int port, byte[][] bytes) throws Exception {
    String path = way.floor() == null ? JsonCaller.NOTHING : JsonCaller.RANK;
    JsonCaller caller = new JsonCaller(host, port, plan.connections(), path, bytes);
    AggregatedHttpResponse answer = caller.ask(0);
    require(answer.status().equals(HttpStatus.OK), way, answer.contentUtf8());
    return caller;
  }

  private Caller overGrpc(Way way, String host, int port, boolean ours, LongFunction<byte[]> bytes)
      throws Exception {
    boolean ranks = way.floor() != null;
    GrpcCaller caller =
        GrpcCaller.to(
            host, port, plan.connections(), ranks ? GrpcCaller.RANK : GrpcCaller.NOTHING, bytes);
    if (ranks) {
      look(way, caller.ask(0), ours);
    } else {
      HealthCheckResponse.ServingStatus status =
          HealthCheckResponse.parseFrom(caller.ask(0)).getStatus();
      require(status == HealthCheckResponse.ServingStatus.SERVING, way, "answers " + status);
    }
    return caller;
  }

  private void look(Way way, byte[] bytes, boolean ours) throws InvalidProtocolBufferException {
    RankResponse answer = RankResponse.parseFrom(bytes);
    require(
        answer.getRankingCount() == plan.actions(),
        way,
        answer.getRankingCount() + " actions are ranked");
    if (ours) {
      require(answer.getModelVersion() > 0, way, "no model answers");
      require(answer.getSessionVersion() > 0, way, "no session is known");
    }
  }

  private static void require(boolean holds, Way way, String problem) {
    if (!holds) {
      throw new IllegalStateException(way.text() + ": not as meant to be measured: " + problem);
    }
  }

  /** In the order of the plan. */
  Caller of(Way way) {
    Caller caller = callers.get(way);
    if (caller == null) {
      throw new IllegalArgumentException("scenarios: " + way.text() + " (expected: of the plan)");
    }
    return caller;
  }

  /** Mean bytes of a request by way, where there are any. */
  Map<String, Object> requestBytes() {
    return requestBytes;
  }

  @Override
  public void close() throws Exception {
    while (!parts.isEmpty()) {
      parts.pop().close();
    }
  }
}
