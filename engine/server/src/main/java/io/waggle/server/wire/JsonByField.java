package io.waggle.server.wire;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Reads JSON as another marshaller does, and names the field where that refuses it. Any thread. */
public final class JsonByField implements GrpcJsonMarshaller {
  private final GrpcJsonMarshaller ordinary;

  /** A text that a parser has refused, as {@code field: value (expected: ...)}. */
  static final class WrongFieldException extends IOException {
    private static final long serialVersionUID = 1;

    WrongFieldException(String problem, Exception cause) {
      super(problem, cause);
    }
  }

  public JsonByField(GrpcJsonMarshaller ordinary) {
    this.ordinary = ordinary;
  }

  @Override
  public <T> void serializeMessage(Marshaller<T> marshaller, T message, OutputStream out)
      throws IOException {
    ordinary.serializeMessage(marshaller, message, out);
  }

  @Override
  public <T> T deserializeMessage(Marshaller<T> marshaller, InputStream in) throws IOException {
    byte[] json = in.readAllBytes();
    try {
      return ordinary.deserializeMessage(marshaller, new ByteArrayInputStream(json));
    } catch (IOException | RuntimeException e) {
      // A number that is none is a NumberFormatException of the parser, not one of its own.
      Descriptor message = message(marshaller);
      String problem = message == null ? null : JsonProblem.of(json, message);
      if (problem != null) {
        throw new WrongFieldException(problem, e);
      }
      throw e;
    }
  }

  private static @Nullable Descriptor message(Marshaller<?> marshaller) {
    return marshaller instanceof PrototypeMarshaller<?> of
            && of.getMessagePrototype() instanceof Message message
        ? message.getDescriptorForType()
        : null;
  }
}
