package io.waggle.server.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.protobuf.ProtoUtils;
import io.waggle.v1.RankRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads requests as protobuf does, but for actions whose bytes, or whose JSON, came before: they
 * are the same objects again. Any thread.
 */
public final class RankRequestMarshaller
    implements MethodDescriptor.PrototypeMarshaller<RankRequest> {
  private static final int ACTIONS_TAG =
      (RankRequest.ACTIONS_FIELD_NUMBER << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  private final MethodDescriptor.PrototypeMarshaller<RankRequest> ordinary =
      (MethodDescriptor.PrototypeMarshaller<RankRequest>)
          ProtoUtils.marshaller(RankRequest.getDefaultInstance());
  private final KnownActions actions;
  private final KnownTexts texts;

  public RankRequestMarshaller(KnownActions actions) {
    this.actions = actions;
    texts = new KnownTexts(actions);
  }

  @Override
  public InputStream stream(RankRequest value) {
    return ordinary.stream(value);
  }

  /**
   * Reads all of the stream.
   *
   * @throws io.grpc.StatusRuntimeException INTERNAL when it is no request
   */
  @Override
  public RankRequest parse(InputStream stream) {
    try {
      return read(bytes(stream));
    } catch (IOException e) {
      throw Status.INTERNAL
          .withDescription("Invalid protobuf byte sequence")
          .withCause(e)
          .asRuntimeException();
    }
  }

  /** All of it: at once where the stream says how much it has, as gRPC's do. */
  private static byte[] bytes(InputStream stream) throws IOException {
    byte[] bytes = new byte[stream.available()];
    int read = stream.readNBytes(bytes, 0, bytes.length);
    int next = stream.read();
    if (next < 0) {
      return read == bytes.length ? bytes : Arrays.copyOf(bytes, read);
    }
    byte[] more = stream.readAllBytes();
    byte[] all = Arrays.copyOf(bytes, read + 1 + more.length);
    all[read] = (byte) next;
    System.arraycopy(more, 0, all, read + 1, more.length);
    return all;
  }

  /**
   * The request of these bytes.
   *
   * @throws InvalidProtocolBufferException when they are none
   */
  public RankRequest read(byte[] bytes) throws InvalidProtocolBufferException {
    try {
      CodedInputStream fields = CodedInputStream.newInstance(bytes);
      RankRequest.Builder request = RankRequest.newBuilder();
      int rest = 0;
      int field = 0;
      for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
        if (tag == ACTIONS_TAG) {
          merge(request, bytes, rest, field);
          int length = fields.readRawVarint32();
          int from = fields.getTotalBytesRead();
          fields.skipRawBytes(length);
          rest = from + length;
          request.addActions(actions.read(bytes, from, rest));
        } else if (!fields.skipField(tag)) {
          throw new InvalidProtocolBufferException("a group ends that did not begin");
        }
        field = fields.getTotalBytesRead();
      }
      merge(request, bytes, rest, field);
      return request.build();
    } catch (InvalidProtocolBufferException e) {
      throw e;
    } catch (IOException e) {
      throw new InvalidProtocolBufferException(e);
    }
  }

  /**
   * The request of this JSON.
   *
   * @param parser reads JSON the ordinary way
   * @throws IOException what the parser says of it, when it is none
   */
  public RankRequest readJson(byte[] json, RankJson.Parser parser) throws IOException {
    return RankJson.read(json, actions, texts, parser);
  }

  /** All between two actions. */
  private static void merge(RankRequest.Builder request, byte[] bytes, int from, int to)
      throws InvalidProtocolBufferException {
    if (to > from) {
      request.mergeFrom(bytes, from, to - from, ExtensionRegistryLite.getEmptyRegistry());
    }
  }

  @Override
  public RankRequest getMessagePrototype() {
    return RankRequest.getDefaultInstance();
  }

  @Override
  public Class<RankRequest> getMessageClass() {
    return RankRequest.class;
  }
}
