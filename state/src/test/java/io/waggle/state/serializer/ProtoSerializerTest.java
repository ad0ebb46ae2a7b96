package io.waggle.state.serializer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waggle.v1.Affinity;
import io.waggle.v1.Session;
import io.waggle.v1.SessionItem;
import java.io.IOException;
import java.util.Map;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class ProtoSerializerTest {
  private static final Session SESSION =
      Session.newBuilder()
          .setUserId("u1")
          .setVersion(7)
          .putAffinities("sport", Affinity.newBuilder().setValue(0.5).build())
          .addRecentItems(SessionItem.newBuilder().setItemId("a1"))
          .build();

  private final TypeSerializer<Session> serializer =
      ProtoTypeInformation.forMessage(Session.class).createSerializer(new SerializerConfigImpl());

  @Test
  void readsWhatItWrote() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(SESSION, out);
    serializer.serialize(Session.getDefaultInstance(), out);
    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());

    assertThat(serializer.deserialize(in)).isEqualTo(SESSION);
    assertThat(serializer.deserialize(in)).isEqualTo(Session.getDefaultInstance());
    assertThat(in.available()).isZero();
  }

  @Test
  void copiesBytesWithoutReadingThem() throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(16);
    serializer.serialize(SESSION, out);
    DataOutputSerializer copied = new DataOutputSerializer(16);

    serializer.copy(new DataInputDeserializer(out.getCopyOfBuffer()), copied);

    assertThat(copied.getCopyOfBuffer()).isEqualTo(out.getCopyOfBuffer());
  }

  @Test
  void snapshotRestoresTheSerializerAndAcceptsItsOwnState() throws IOException {
    TypeSerializerSnapshot<Session> restored = throughBytes(serializer.snapshotConfiguration());

    assertThat(restored.restoreSerializer()).isEqualTo(serializer);
    assertThat(
            serializer
                .snapshotConfiguration()
                .resolveSchemaCompatibility(restored)
                .isCompatibleAsIs())
        .isTrue();
  }

  @Test
  void stateOfAnotherMessageIsRefused() throws IOException {
    ProtoSerializerSnapshot<SessionItem> other = new ProtoSerializerSnapshot<>(SessionItem.class);
    ProtoSerializerSnapshot<Session> mine = new ProtoSerializerSnapshot<>(Session.class);

    @SuppressWarnings({"unchecked", "rawtypes"}) // what Flink hands over is unchecked too
    boolean incompatible =
        mine.resolveSchemaCompatibility((TypeSerializerSnapshot) other).isIncompatible();

    assertThat(incompatible).isTrue();
  }

  @Test
  void addedAndRemovedFieldsAreReadAndRetypedOnesAreNot() {
    MessageShape older = shape(Map.of(1, "STRING", 2, "INT64"));

    assertThat(shape(Map.of(1, "STRING", 2, "INT64", 3, "DOUBLE")).reads(older)).isTrue();
    assertThat(shape(Map.of(1, "STRING")).reads(older)).isTrue();
    assertThat(shape(Map.of(1, "STRING", 2, "DOUBLE")).reads(older)).isFalse();
    assertThat(shape(Map.of(1, "STRING*", 2, "INT64")).reads(older)).isFalse();
  }

  @Test
  void shapeCoversTheMessagesInside() {
    assertThat(MessageShape.of(Session.getDescriptor()).fields())
        .containsKeys("waggle.v1.Session", "waggle.v1.SessionItem", "waggle.v1.Affinity");
  }

  @Test
  void unknownSnapshotVersionIsRefused() {
    assertThatThrownBy(
            () ->
                new ProtoSerializerSnapshot<Session>()
                    .readSnapshot(
                        99, new DataInputDeserializer(new byte[0]), getClass().getClassLoader()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("99");
  }

  private static MessageShape shape(Map<Integer, String> fields) {
    return new MessageShape(Map.of("m", fields));
  }

  private TypeSerializerSnapshot<Session> throughBytes(TypeSerializerSnapshot<Session> snapshot)
      throws IOException {
    DataOutputSerializer out = new DataOutputSerializer(64);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, snapshot);
    return TypeSerializerSnapshot.readVersionedSnapshot(
        new DataInputDeserializer(out.getCopyOfBuffer()), getClass().getClassLoader());
  }
}
