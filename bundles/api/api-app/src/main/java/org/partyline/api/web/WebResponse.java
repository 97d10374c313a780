package org.partyline.api.web;

import java.nio.charset.StandardCharsets;

/**
 * An answer.
 *
 * @param status of HTTP
 * @param type its media type
 * @param body what is sent
 */
public record WebResponse(int status, String type, byte[] body) {
    /** A JSON document. */
    public static WebResponse json(int status, String document) {
        return new WebResponse(status, "application/json", document.getBytes(StandardCharsets.UTF_8));
    }

    /** Shows nothing of what it holds. */
    @Override
    public String toString() {
        return "WebResponse[" + status + "]";
    }
}
