package org.partyline.itests.harness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The schemas of a distribution, against which each document of its commands is checked. */
public final class Schemas {
    private final Path directory;
    private final SchemaRegistry registry = SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            schemas -> schemas.schemas(iri -> iri.startsWith("file:") ? read(Path.of(URI.create(iri))) : null));

    Schemas(Path directory) {
        this.directory = directory;
    }

    /** Returns the errors of a document, one line each. @param command without its scope */
    List<String> faults(String command, String document) {
        Schema schema = registry.getSchema(
                SchemaLocation.of(directory.resolve(command + ".json").toUri().toString()));
        return schema.validate(document, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    /**
     * Returns the errors of a document, one line each.
     *
     * @param openApi the description of an API, whose components it may refer to
     * @param reference to its schema there, as in {@code #/components/schemas/send}
     */
    public static List<String> faults(JsonNode openApi, String reference, String document) {
        ObjectNode schema = JsonNodeFactory.instance.objectNode();
        schema.set("components", openApi.get("components"));
        schema.put("$ref", reference);
        return SchemaRegistry.withDialect(Dialects.getDraft202012())
                .getSchema(schema.toString(), InputFormat.JSON)
                .validate(document, InputFormat.JSON)
                .stream()
                .map(Error::toString)
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("the distribution has no " + file, e);
        }
    }
}
