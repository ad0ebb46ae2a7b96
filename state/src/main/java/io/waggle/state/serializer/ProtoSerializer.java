package io.waggle.state.serializer;

import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Writes a message as its length (4 bytes) and its bytes. Stateless but for the parser; duplicates
 * share it.
 */
public final class ProtoSerializer<T extends Message> extends TypeSerializer<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> messageClass;
  private transient @Nullable Parser<T> parser;

  ProtoSerializer(Class<T> messageClass) {
    this.messageClass = Objects.requireNonNull(messageClass, "messageClass");
  }

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public TypeSerializer<T> duplicate() {
    return this;
  }

  @Override
  public T createInstance() {
    return Internal.getDefaultInstance(messageClass);
  }

  @Override
  public T copy(T from) {
    return from;
  }

  @Override
  public T copy(T from, T reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(T message, DataOutputView target) throws IOException {
    byte[] bytes = message.toByteArray();
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  @Override
  public T deserialize(DataInputView source) throws IOException {
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    return parser().parseFrom(bytes);
  }

  @Override
  public T deserialize(T reuse, DataInputView source) throws IOException {
    return deserialize(source);
  }

  @Override
  public void copy(DataInputView source, DataOutputView target) throws IOException {
    // Through an array: Flink's growing output does not grow for write(view, length).
    byte[] bytes = new byte[source.readInt()];
    source.readFully(bytes);
    target.writeInt(bytes.length);
    target.write(bytes);
  }

  @Override
  public TypeSerializerSnapshot<T> snapshotConfiguration() {
    return new ProtoSerializerSnapshot<>(messageClass);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProtoSerializer<?> that && that.messageClass == messageClass;
  }

  @Override
  public int hashCode() {
    return messageClass.hashCode();
  }

  @SuppressWarnings("unchecked") // a generated message's parser parses that message
  private Parser<T> parser() {
    Parser<T> known = parser;
    if (known == null) {
      known = (Parser<T>) createInstance().getParserForType();
      parser = known;
    }
    return known;
  }
}
