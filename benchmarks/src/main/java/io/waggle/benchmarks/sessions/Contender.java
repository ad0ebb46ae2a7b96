package io.waggle.benchmarks.sessions;

import io.waggle.benchmarks.loop.LocalFlink;
import io.waggle.benchmarks.loop.ProcessProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** A job that takes part: what it is, how far it is, and what came of its turns. One thread. */
final class Contender {
  /** Puts the job into an environment. */
  @FunctionalInterface
  interface Definition {
    void define(StreamExecutionEnvironment environment);
  }

  /**
   * A turn.
   *
   * @param perSecond interactions by the clock
   * @param perProcessorSecond interactions by the processor time of the whole process: broker, job,
   *     garbage collection
   */
  record Turn(double perSecond, double perProcessorSecond) {}

  private final String name;
  private final String output;
  private final String operator;
  private final Definition definition;
  private final List<Turn> turns = new ArrayList<>();
  private List<ProcessProfile.Part> profile = List.of();
  private LocalFlink.@Nullable Checkpoint checkpoint;

  /**
   * Before its first turn.
   *
   * @param output the topic that gets one record for each interaction
   * @param operator that keeps the state; part of the names of its threads
   */
  Contender(String name, String output, String operator, Definition definition) {
    this.name = name;
    this.output = output;
    this.operator = operator;
    this.definition = definition;
  }

  String name() {
    return name;
  }

  String output() {
    return output;
  }

  void define(StreamExecutionEnvironment environment) {
    definition.define(environment);
  }

  /** What the next turn goes on from; null before the first. */
  LocalFlink.@Nullable Checkpoint checkpoint() {
    return checkpoint;
  }

  void stoppedAt(LocalFlink.Checkpoint last) {
    checkpoint = last;
  }

  void add(Turn turn) {
    turns.add(turn);
  }

  void profiled(List<ProcessProfile.Part> parts) {
    profile = List.copyOf(parts);
  }

  /** The measured turns, oldest first. */
  List<Turn> turns() {
    return List.copyOf(turns);
  }

  /** Processor time of one interaction by parts, in seconds; largest first. */
  List<ProcessProfile.Part> profile() {
    return profile;
  }

  /** Bytes of its newest checkpoint. */
  long stateBytes() {
    return checkpoint == null ? 0 : checkpoint.bytes();
  }

  /** Names of groups of threads by what their threads' names contain. */
  Map<String, String> threads() {
    return Map.of(
        operator,
        "state operator",
        "Source: read interactions",
        "source",
        "Source Data Fetcher",
        "Kafka consumer",
        "kafka-producer-network-thread",
        "Kafka producer",
        "data-plane-kafka",
        "broker");
  }
}
