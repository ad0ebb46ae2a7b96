package io.waggle.state.serializer;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The wire shape of a message and all messages inside it: {@code message -> field number -> type}.
 * Enough to tell whether bytes of an older shape still mean the same.
 *
 * @param fields {@code full message name -> field number -> type, repeated or not}
 */
record MessageShape(Map<String, Map<Integer, String>> fields) {
  static final MessageShape EMPTY = new MessageShape(Map.of());

  static MessageShape of(Descriptor descriptor) {
    Map<String, Map<Integer, String>> shape = new TreeMap<>();
    collect(descriptor, shape);
    return new MessageShape(shape);
  }

  private static void collect(Descriptor descriptor, Map<String, Map<Integer, String>> shape) {
    if (shape.containsKey(descriptor.getFullName())) {
      return;
    }
    Map<Integer, String> numbers = new TreeMap<>();
    shape.put(descriptor.getFullName(), numbers);
    for (FieldDescriptor field : descriptor.getFields()) {
      String type = field.getType().name();
      if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
        type = field.getMessageType().getFullName();
        collect(field.getMessageType(), shape);
      }
      numbers.put(field.getNumber(), field.isRepeated() ? type + "*" : type);
    }
  }

  /**
   * True when bytes written with {@code older} can be read with this shape: no field number has
   * another type now.
   */
  boolean reads(MessageShape older) {
    for (Map.Entry<String, Map<Integer, String>> message : older.fields.entrySet()) {
      Map<Integer, String> now = fields.getOrDefault(message.getKey(), Map.of());
      for (Map.Entry<Integer, String> field : message.getValue().entrySet()) {
        String type = now.get(field.getKey());
        if (type != null && !type.equals(field.getValue())) {
          return false;
        }
      }
    }
    return true;
  }

  void write(DataOutputView out) throws IOException {
    out.writeInt(fields.size());
    for (Map.Entry<String, Map<Integer, String>> message : fields.entrySet()) {
      out.writeUTF(message.getKey());
      out.writeInt(message.getValue().size());
      for (Map.Entry<Integer, String> field : message.getValue().entrySet()) {
        out.writeInt(field.getKey());
        out.writeUTF(field.getValue());
      }
    }
  }

  static MessageShape read(DataInputView in) throws IOException {
    Map<String, Map<Integer, String>> shape = new TreeMap<>();
    int messages = in.readInt();
    for (int message = 0; message < messages; message++) {
      Map<Integer, String> numbers = new TreeMap<>();
      shape.put(in.readUTF(), numbers);
      int count = in.readInt();
      for (int field = 0; field < count; field++) {
        int number = in.readInt();
        numbers.put(number, in.readUTF());
      }
    }
    return new MessageShape(shape);
  }
}
