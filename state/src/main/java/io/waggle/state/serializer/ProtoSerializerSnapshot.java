package io.waggle.state.serializer;

import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import java.io.IOException;
import java.util.Objects;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint remembers of a message type: its class and its {@link MessageShape}. Fields may
 * be added and removed; a field number that changed its type makes the restore fail by name instead
 * of reading garbage.
 */
public final class ProtoSerializerSnapshot<T extends Message> implements TypeSerializerSnapshot<T> {
  private static final int VERSION = 1;

  private @Nullable Class<T> messageClass;
  private MessageShape shape = MessageShape.EMPTY;

  /** For Flink, which fills it by {@link #readSnapshot}. */
  public ProtoSerializerSnapshot() {}

  ProtoSerializerSnapshot(Class<T> messageClass) {
    this.messageClass = messageClass;
    this.shape = MessageShape.of(Internal.getDefaultInstance(messageClass).getDescriptorForType());
  }

  @Override
  public int getCurrentVersion() {
    return VERSION;
  }

  @Override
  public void writeSnapshot(DataOutputView out) throws IOException {
    out.writeUTF(known().getName());
    shape.write(out);
  }

  @Override
  @SuppressWarnings("unchecked") // written by writeSnapshot from a Class<T>
  public void readSnapshot(int readVersion, DataInputView in, ClassLoader classLoader)
      throws IOException {
    if (readVersion != VERSION) {
      throw new IOException("Unknown snapshot version " + readVersion + " of a protobuf type");
    }
    String name = in.readUTF();
    try {
      messageClass = (Class<T>) Class.forName(name, false, classLoader).asSubclass(Message.class);
    } catch (ClassNotFoundException e) {
      throw new IOException("State was written with " + name + ", which is not here", e);
    }
    shape = MessageShape.read(in);
  }

  @Override
  public TypeSerializer<T> restoreSerializer() {
    return new ProtoSerializer<>(known());
  }

  @Override
  public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(
      TypeSerializerSnapshot<T> oldSnapshot) {
    if (!(oldSnapshot instanceof ProtoSerializerSnapshot<T> old) || old.known() != known()) {
      return TypeSerializerSchemaCompatibility.incompatible();
    }
    return shape.reads(old.shape)
        ? TypeSerializerSchemaCompatibility.compatibleAsIs()
        : TypeSerializerSchemaCompatibility.incompatible();
  }

  private Class<T> known() {
    return Objects.requireNonNull(messageClass, "snapshot was not read yet");
  }
}
