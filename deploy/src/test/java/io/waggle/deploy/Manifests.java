package io.waggle.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The objects of one rendering. */
final class Manifests {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<ObjectNode> objects;

  private Manifests(List<ObjectNode> objects) {
    this.objects = objects;
  }

  /**
   * Reads every document of a text.
   *
   * @throws org.yaml.snakeyaml.error.YAMLException when it is no YAML or a key is there twice
   * @throws IllegalArgumentException when a document is no object
   */
  static Manifests parse(String yaml) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    strict.setCodePointLimit(64 << 20);
    List<ObjectNode> objects = new ArrayList<>();
    for (Object document : new Yaml(new SafeConstructor(strict)).loadAll(yaml)) {
      if (document == null) {
        continue;
      }
      if (!(JSON.valueToTree(document) instanceof ObjectNode object)) {
        throw new IllegalArgumentException("not an object: " + document);
      }
      objects.add(object);
    }
    return new Manifests(objects);
  }

  /** One document of a text. */
  static JsonNode parseOne(String yaml) {
    return parse(yaml).objects.get(0);
  }

  Manifests copy() {
    return new Manifests(new ArrayList<>(objects.stream().map(ObjectNode::deepCopy).toList()));
  }

  List<ObjectNode> all() {
    return objects;
  }

  Stream<ObjectNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  Optional<ObjectNode> find(String kind, String name) {
    return ofKind(kind).filter(object -> name(object).equals(name)).findFirst();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  static String label(JsonNode object) {
    return object.path("kind").asText() + " " + name(object);
  }
}
