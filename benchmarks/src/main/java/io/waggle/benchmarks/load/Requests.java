package io.waggle.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.waggle.benchmarks.jmh.NewActions;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.v1.Action;
import io.waggle.v1.RankRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/**
 * The requests that are sent, made before anything is measured: sending one costs the client the
 * same whatever is asked. Each is of another user, with its choice of the actions of a catalogue.
 * Immutable.
 */
final class Requests {
  /** So many, and as many users. */
  static final int COUNT = 256;

  /** Actions in the catalogue, or as many as a request takes when that is more. */
  static final int CATALOGUE = 1_000;

  private static final int SEED = 5;
  private static final int USER_FEATURES = 8;

  /** A field that no message of gRPC's health service has: kept, not looked at. */
  private static final int UNKNOWN_FIELD = 15;

  private final RankRequest[] messages;

  /** Requests of so many actions with so many features each. */
  Requests(String surface, int actions, int features) {
    Workload workload = new Workload(SEED);
    List<Action> catalogue = workload.actions(Math.max(CATALOGUE, actions), features);
    Random choice = new Random(SEED);
    messages =
        IntStream.range(0, COUNT)
            .mapToObj(
                index ->
                    RankRequest.newBuilder()
                        .setSurface(surface)
                        .setUserId(user(index))
                        // Never shown: nobody learns from it.
                        .setDeferred(true)
                        .addContext(workload.namespace("user", USER_FEATURES))
                        .addAllActions(chosen(catalogue, actions, choice))
                        .build())
            .toArray(RankRequest[]::new);
  }

  private static List<Action> chosen(List<Action> catalogue, int actions, Random random) {
    return random
        .ints(0, catalogue.size())
        .distinct()
        .limit(actions)
        .mapToObj(catalogue::get)
        .toList();
  }

  /** The user of a request. */
  static String user(int index) {
    return "u" + index;
  }

  RankRequest message(long number) {
    return messages[(int) (number % COUNT)];
  }

  byte[][] protobuf() {
    return Arrays.stream(messages).map(RankRequest::toByteArray).toArray(byte[][]::new);
  }

  /** The same but for the ids of their actions, by which each is new. */
  NewActions[] ofNewActions() {
    return Arrays.stream(messages).map(NewActions::new).toArray(NewActions[]::new);
  }

  /** The same bytes as a request of gRPC's health service, in a field that it does not know. */
  byte[][] protobufOfNothing() {
    return Arrays.stream(messages)
        .map(
            message ->
                UnknownFieldSet.newBuilder()
                    .addField(UNKNOWN_FIELD, bytes(message.toByteString()))
                    .build()
                    .toByteArray())
        .toArray(byte[][]::new);
  }

  private static UnknownFieldSet.Field bytes(ByteString value) {
    return UnknownFieldSet.Field.newBuilder().addLengthDelimited(value).build();
  }

  byte[][] json() {
    JsonFormat.Printer printer = JsonFormat.printer().omittingInsignificantWhitespace();
    return Arrays.stream(messages)
        .map(
            message -> {
              try {
                return printer.print(message).getBytes(UTF_8);
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException("a request is always JSON", e);
              }
            })
        .toArray(byte[][]::new);
  }

  /** As many bytes: an empty object, all but two of them spaces. */
  byte[][] jsonOfNothing() {
    return Arrays.stream(json())
        .map(json -> ("{" + " ".repeat(json.length - 2) + "}").getBytes(UTF_8))
        .toArray(byte[][]::new);
  }

  /** Those of a call by its number. */
  static LongFunction<byte[]> inTurn(byte[][] requests) {
    return number -> requests[(int) (number % requests.length)];
  }

  /** Bytes of a request on average. */
  static long meanBytes(byte[][] requests) {
    return (long) Arrays.stream(requests).mapToInt(request -> request.length).average().orElse(0);
  }
}
