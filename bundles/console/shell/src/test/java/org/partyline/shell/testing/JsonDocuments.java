package org.partyline.shell.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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

/** The schemas of docs/schemas, against which every document printed in a test is checked. */
public final class JsonDocuments {
    public static final Path SCHEMAS =
            Path.of("..", "..", "..", "docs", "schemas").toAbsolutePath().normalize();

    private static final SchemaRegistry REGISTRY = SchemaRegistry.withDialect(
            Dialects.getDraft202012(),
            registry -> registry.schemas(iri -> iri.startsWith("file:") ? read(Path.of(URI.create(iri))) : null));

    private JsonDocuments() {}

    /** Returns the errors of a command's document, one line each; none if it matches its schema. */
    public static List<String> faults(String command, String document) {
        return schema(command).validate(document, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    static void check(String command, String document) {
        assertEquals(List.of(), faults(command, document), () -> command + " printed " + document);
    }

    static boolean hasSchema(String command) {
        return Files.isRegularFile(file(command));
    }

    public static JsonNode tree(String name) {
        try {
            return new ObjectMapper().readTree(read(file(name)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema schema(String command) {
        return REGISTRY.getSchema(SchemaLocation.of(file(command).toUri().toString()));
    }

    private static Path file(String name) {
        return SCHEMAS.resolve(name + ".json");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException("no schema " + file, e);
        }
    }
}
