package io.waggle.benchmarks.load;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;

/** Bytes to a unary method, over a fixed number of connections in turn; answers stay bytes. */
final class GrpcCaller implements Caller {
  static final String RANK = "waggle.v1.RankingService/Rank";

  /** Answers that it serves; keeps what it does not know of the request and does not look at it. */
  static final String NOTHING = "grpc.health.v1.Health/Check";

  private static final long DEADLINE_SECONDS = 10;

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final List<ManagedChannel> channels;
  private final MethodDescriptor<byte[], byte[]> method;
  private final LongFunction<byte[]> requests;

  /**
   * Over channels of its own.
   *
   * @param requests the bytes of a call by its number
   */
  GrpcCaller(List<ManagedChannel> channels, String method, LongFunction<byte[]> requests) {
    this.channels = List.copyOf(channels);
    this.method =
        MethodDescriptor.newBuilder(BYTES, BYTES)
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(method)
            .build();
    this.requests = requests;
  }

  /** To one server over so many connections. */
  static GrpcCaller to(
      String host, int port, int connections, String method, LongFunction<byte[]> requests) {
    List<ManagedChannel> channels = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      channels.add(
          NettyChannelBuilder.forAddress(host, port).usePlaintext().directExecutor().build());
    }
    return new GrpcCaller(channels, method, requests);
  }

  /** Asks and waits, for a look at the answer. */
  byte[] ask(int number) {
    return ClientCalls.blockingUnaryCall(
        channels.get(0), method, options(), requests.apply(number));
  }

  @Override
  public void send(long number, Ended ended) {
    ManagedChannel channel = channels.get((int) (number % channels.size()));
    byte[] request = requests.apply(number);
    ClientCalls.asyncUnaryCall(channel.newCall(method, options()), request, new Told(ended));
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    channels.forEach(ManagedChannel::shutdownNow);
  }

  private record Told(Ended ended) implements StreamObserver<byte[]> {
    @Override
    public void onNext(byte[] answer) {}

    @Override
    public void onError(Throwable problem) {
      ended.failed(problem);
    }

    @Override
    public void onCompleted() {
      ended.answered();
    }
  }
}
