package io.waggle.server.wire;

import com.linecorp.armeria.common.grpc.GrpcJsonMarshaller;
import io.grpc.MethodDescriptor.Marshaller;
import io.waggle.v1.RankRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Reads a Rank request's JSON by the actions that a {@link RankRequestMarshaller} knows, and all
 * else as another marshaller does. Any thread.
 */
public final class JsonByKnownActions implements GrpcJsonMarshaller {
  private final GrpcJsonMarshaller ordinary;

  public JsonByKnownActions(GrpcJsonMarshaller ordinary) {
    this.ordinary = ordinary;
  }

  @Override
  public <T> void serializeMessage(Marshaller<T> marshaller, T message, OutputStream out)
      throws IOException {
    ordinary.serializeMessage(marshaller, message, out);
  }

  @Override
  @SuppressWarnings("unchecked") // a marshaller of requests is asked for a request
  public <T> T deserializeMessage(Marshaller<T> marshaller, InputStream in) throws IOException {
    if (marshaller instanceof RankRequestMarshaller rank) {
      RankRequest request = rank.readJson(in.readAllBytes(), json -> parse(rank, json));
      return (T) request;
    }
    return ordinary.deserializeMessage(marshaller, in);
  }

  private RankRequest parse(RankRequestMarshaller marshaller, byte[] json) throws IOException {
    return ordinary.deserializeMessage(marshaller, new ByteArrayInputStream(json));
  }
}
