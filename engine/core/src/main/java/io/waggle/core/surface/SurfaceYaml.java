package io.waggle.core.surface;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;

/** Writes a surface, or a part of one, as the YAML that {@link SurfaceFiles} reads. Any thread. */
public final class SurfaceYaml {
  private static final int WIDTH = 160;

  private SurfaceYaml() {}

  /** The message as one document; of a surface {@link SurfaceFiles#parse} gives it back. */
  public static String of(Message message) {
    String json;
    try {
      json = JsonFormat.printer().print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("it has no field of an unknown type", e);
    }
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setWidth(WIDTH);
    options.setIndent(2);
    // JSON is YAML; read so, the keys keep their order.
    Yaml yaml =
        new Yaml(new SafeConstructor(new LoaderOptions()), new Representer(options), options);
    return yaml.dump(yaml.<Object>load(json));
  }
}
