package org.partyline.api.web;

import java.util.Map;
import org.partyline.api.PartylineException;

/** A refused request, sent as a problem document (RFC 9457). */
public final class WebProblem extends PartylineException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String title;
    private final transient Map<String, String> headers;

    /**
     * @param status the HTTP status
     * @param title the kind of problem, always the same
     * @param detail what is wrong, and what to do, in one line
     */
    public WebProblem(int status, String title, String detail) {
        this(status, title, detail, Map.of());
    }

    /** @param headers additional headers of the response */
    public WebProblem(int status, String title, String detail, Map<String, String> headers) {
        super(detail);
        this.status = status;
        this.title = title;
        this.headers = Map.copyOf(headers);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The kind of problem. */
    public String title() {
        return title;
    }

    /** The additional headers of the response. */
    public Map<String, String> headers() {
        return headers == null ? Map.of() : headers;
    }
}
