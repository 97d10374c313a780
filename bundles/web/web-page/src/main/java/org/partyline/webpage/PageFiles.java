package org.partyline.webpage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Component;
import org.partyline.api.web.WebHandler;
import org.partyline.api.web.WebResponse;

/** Serves the static files of the page; personal data comes from the API. */
@Component
public final class PageFiles implements WebHandler {
    private static final String INDEX = "index.html";
    /** The names of the files in the bundle's folder {@code files}. */
    static final List<String> NAMES = List.of(
            INDEX,
            "app.js",
            "client.js",
            "draw.js",
            "network.js",
            "people.js",
            "scan.js",
            "talk.js",
            "server.js",
            "text.js",
            "wallet.js",
            "lit-html.js",
            "style.css",
            "icon.svg");

    private final List<Route> routes = Stream.concat(
                    Stream.of(route("/", INDEX)),
                    NAMES.stream().filter(name -> !name.equals(INDEX)).map(name -> route("/page/" + name, name)))
            .toList();

    /** For Declarative Services. */
    public PageFiles() {}

    @Override
    public List<Route> routes() {
        return routes;
    }

    private static Route route(String path, String name) {
        return new Route("GET", path, Set.of(), request -> new WebResponse(200, type(name), content(name)));
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.'))) {
            case ".html" -> "text/html; charset=utf-8";
            case ".js" -> "text/javascript; charset=utf-8";
            case ".css" -> "text/css; charset=utf-8";
            case ".svg" -> "image/svg+xml";
            default -> throw new IllegalArgumentException("a file of no known type: " + name);
        };
    }

    /** Read each time: the page is rarely loaded, and need not stay in memory. */
    static byte[] content(String name) {
        try (InputStream in = PageFiles.class.getResourceAsStream("files/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the bundle has no " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
