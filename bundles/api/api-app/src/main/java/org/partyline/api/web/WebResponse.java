package org.partyline.api.web;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A response.
 *
 * @param status the HTTP status
 * @param type its media type
 * @param body its body
 * @param headers in addition to those of every response
 * @param events sent after the body as they occur; empty: the response ends with its body
 */
public record WebResponse(
        int status, String type, byte[] body, Map<String, String> headers, Optional<WebEvents> events) {
    public WebResponse {
        headers = Map.copyOf(headers);
    }

    /** A finite response with additional headers. */
    public WebResponse(int status, String type, byte[] body, Map<String, String> headers) {
        this(status, type, body, headers, Optional.empty());
    }

    /** A response that ends with its body. */
    public WebResponse(int status, String type, byte[] body) {
        this(status, type, body, Map.of());
    }

    /** A JSON document. */
    public static WebResponse json(int status, String document) {
        return new WebResponse(status, "application/json", document.getBytes(StandardCharsets.UTF_8));
    }

    /** Events, for as long as the caller is connected and authorised. The web server closes them. */
    public static WebResponse stream(WebEvents events) {
        return new WebResponse(200, "text/event-stream", new byte[0], Map.of(), Optional.of(events));
    }

    /** The same with another header. */
    public WebResponse with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new WebResponse(status, type, body, more, events);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "WebResponse[" + status + "]";
    }
}
