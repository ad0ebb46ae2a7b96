package io.waggle.state.serializer;

import com.google.protobuf.Message;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/**
 * A protobuf message as a Flink type, for streams and for state: immutable, length-prefixed,
 * growing by fields. Not usable as a key, because key layouts cannot evolve.
 */
public final class ProtoTypeInformation<T extends Message> extends TypeInformation<T> {
  private static final long serialVersionUID = 1L;

  private final Class<T> messageClass;

  private ProtoTypeInformation(Class<T> messageClass) {
    this.messageClass = Objects.requireNonNull(messageClass, "messageClass");
  }

  /** The type of a generated message class. */
  public static <T extends Message> ProtoTypeInformation<T> forMessage(Class<T> messageClass) {
    return new ProtoTypeInformation<>(messageClass);
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public Class<T> getTypeClass() {
    return messageClass;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public TypeSerializer<T> createSerializer(SerializerConfig config) {
    return new ProtoSerializer<>(messageClass);
  }

  @Override
  public String toString() {
    return "Proto(" + messageClass.getName() + ")";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ProtoTypeInformation<?> that && that.messageClass == messageClass;
  }

  @Override
  public int hashCode() {
    return messageClass.hashCode();
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ProtoTypeInformation;
  }
}
