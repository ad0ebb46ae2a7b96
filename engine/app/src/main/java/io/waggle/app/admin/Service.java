package io.waggle.app.admin;

import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The service that a command talks to, and where its answer goes. */
final class Service {
  /** Longer than the service itself works on a request. */
  static final int DEADLINE_SECONDS = 15;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--at",
      paramLabel = "HOST:PORT",
      description = "The service (default: ${DEFAULT-VALUE}).")
  private String address = "127.0.0.1:8080";

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the answer as JSON; - prints it in place of the text.")
  private @Nullable Path json;

  /**
   * Calls the service and shows its answer as text, or as JSON where that was asked for.
   *
   * @throws IllegalStateException with the service's own message when it refuses, or when it does
   *     not answer
   */
  <T extends Message> int show(Function<ManagedChannel, T> call, Function<T, String> text) {
    ManagedChannel channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
    try {
      print(call.apply(channel), text);
      return 0;
    } catch (StatusRuntimeException e) {
      throw new IllegalStateException(message(e.getStatus()), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    } finally {
      channel.shutdownNow();
    }
  }

  private <T extends Message> void print(T answer, Function<T, String> text) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    boolean jsonAlone = json != null && json.toString().equals("-");
    if (json != null && !jsonAlone) {
      Files.writeString(json, JsonFormat.printer().print(answer) + "\n");
    }
    String shown = jsonAlone ? JsonFormat.printer().print(answer) : text.apply(answer);
    shown.lines().forEach(out::println);
    out.flush();
  }

  /** A status from the service has no cause; one that this end made has. */
  private String message(Status status) {
    boolean answered =
        status.getCause() == null && status.getCode() != Status.Code.DEADLINE_EXCEEDED;
    return answered && status.getDescription() != null
        ? status.getCode() + ": " + status.getDescription()
        : "no answer from %s (%s)".formatted(address, status.getCode());
  }
}
