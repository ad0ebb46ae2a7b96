package io.waggle.core.parquet;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.waggle.v1.Feature;
import io.waggle.v1.FeatureValue;
import io.waggle.v1.Namespace;
import io.waggle.v1.TextList;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Features as JSON that people and databases can use, and back without loss: {@code
 * {"user":{"age":31.0,"country":"de","tags":["a","b"]}}}. A number is a number, a text a text,
 * several texts a list of texts, in the order they were given.
 *
 * <p>An object cannot hold a name twice and a message can. Where a name repeats among the
 * namespaces or the features of a namespace, there is a list of objects in place of the object; an
 * object ends where the next name is one that it has: {@code {"user":[{"seen":"a"},{"seen":"b"}]}}.
 * Pure; any thread.
 */
final class FeatureJson {
  private static final JsonFactory JSON = new JsonFactory();

  private FeatureJson() {}

  /** Writes what a name stands for. */
  @FunctionalInterface
  private interface ValueWriter<T> {
    void write(JsonGenerator json, T item) throws IOException;
  }

  /** Reads what a name stands for; the parser is at its first token. */
  @FunctionalInterface
  private interface ValueReader<T> {
    T read(String name, JsonParser json) throws IOException;
  }

  /** The namespaces as text; {@code {}} for none. */
  static String text(List<Namespace> namespaces) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, namespaces, Namespace::getName, FeatureJson::namespace);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return text.toString();
  }

  /**
   * The namespaces of a text.
   *
   * @throws IllegalArgumentException as {@code field: value (expected: ...)} when it is not what
   *     {@link #text} writes
   */
  static List<Namespace> namespaces(String field, String text) {
    try (JsonParser json = JSON.createParser(text)) {
      json.nextToken();
      List<Namespace> namespaces = read(json, FeatureJson::namespace);
      if (json.nextToken() != null) {
        throw new IllegalArgumentException("more than one value");
      }
      return namespaces;
    } catch (IOException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          field + ": not readable (expected: features as JSON, by namespace and name)", e);
    }
  }

  private static <T> void write(
      JsonGenerator json, List<T> items, Function<T, String> name, ValueWriter<T> value)
      throws IOException {
    Set<String> names = new HashSet<>(2 * items.size());
    boolean repeats = !items.stream().map(name).allMatch(names::add);
    if (repeats) {
      json.writeStartArray();
      names.clear();
    }
    json.writeStartObject();
    for (T item : items) {
      if (repeats && !names.add(name.apply(item))) {
        json.writeEndObject();
        json.writeStartObject();
        names.clear();
        names.add(name.apply(item));
      }
      json.writeFieldName(name.apply(item));
      value.write(json, item);
    }
    json.writeEndObject();
    if (repeats) {
      json.writeEndArray();
    }
  }

  private static void namespace(JsonGenerator json, Namespace namespace) throws IOException {
    write(json, namespace.getFeaturesList(), Feature::getName, FeatureJson::feature);
  }

  private static void feature(JsonGenerator json, Feature feature) throws IOException {
    FeatureValue value = feature.getValue();
    switch (value.getKindCase()) {
      case NUMBER -> json.writeNumber(value.getNumber());
      case TEXT -> json.writeString(value.getText());
      case TEXTS -> {
        json.writeStartArray();
        for (String text : value.getTexts().getValuesList()) {
          json.writeString(text);
        }
        json.writeEndArray();
      }
      case KIND_NOT_SET -> json.writeNull();
    }
  }

  private static <T> List<T> read(JsonParser json, ValueReader<T> value) throws IOException {
    List<T> items = new ArrayList<>();
    if (json.currentToken() == JsonToken.START_ARRAY) {
      while (json.nextToken() != JsonToken.END_ARRAY) {
        readObject(json, value, items);
      }
    } else {
      readObject(json, value, items);
    }
    return items;
  }

  private static <T> void readObject(JsonParser json, ValueReader<T> value, List<T> items)
      throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      throw new IllegalArgumentException("no object");
    }
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      json.nextToken();
      items.add(value.read(name, json));
    }
  }

  private static Namespace namespace(String name, JsonParser json) throws IOException {
    return Namespace.newBuilder()
        .setName(name)
        .addAllFeatures(read(json, FeatureJson::feature))
        .build();
  }

  private static Feature feature(String name, JsonParser json) throws IOException {
    Feature.Builder feature = Feature.newBuilder().setName(name);
    switch (json.currentToken()) {
      case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT ->
          feature.getValueBuilder().setNumber(json.getDoubleValue());
      case VALUE_STRING -> feature.getValueBuilder().setText(json.getText());
      case START_ARRAY -> feature.getValueBuilder().setTexts(texts(json));
      case VALUE_NULL -> feature.getValueBuilder();
      default -> throw new IllegalArgumentException("no value of a feature");
    }
    return feature.build();
  }

  private static TextList texts(JsonParser json) throws IOException {
    TextList.Builder texts = TextList.newBuilder();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_STRING) {
        throw new IllegalArgumentException("no text");
      }
      texts.addValues(json.getText());
    }
    return texts.build();
  }
}
