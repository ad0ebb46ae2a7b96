package io.waggle.benchmarks.load;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.util.JsonFormat;
import io.waggle.benchmarks.jmh.Workload;
import io.waggle.v1.RankRequest;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The requests that are sent, made before anything is measured: sending one costs the client the
 * same whatever is asked. Each is of another user. Immutable.
 */
final class Requests {
  /** So many, and as many users. */
  static final int COUNT = 256;

  private static final int SEED = 5;
  private static final int USER_FEATURES = 8;

  /** A field that no message of gRPC's health service has: kept, not looked at. */
  private static final int UNKNOWN_FIELD = 15;

  private final RankRequest[] messages;

  /** Requests of so many actions with so many features each. */
  Requests(String surface, int actions, int features) {
    Workload workload = new Workload(SEED);
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
                        .addAllActions(workload.actions(actions, features))
                        .build())
            .toArray(RankRequest[]::new);
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

  /** Bytes of a request on average. */
  static long meanBytes(byte[][] requests) {
    return (long) Arrays.stream(requests).mapToInt(request -> request.length).average().orElse(0);
  }
}
