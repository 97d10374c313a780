package org.partyline.webapi;

import java.util.Map;
import java.util.OptionalLong;
import org.partyline.api.web.WebProblem;

/** Parses numbers of a request. */
final class RequestNumbers {
    private RequestNumbers() {}

    /** @param values parameters or headers @throws WebProblem if it is present but invalid, or out of range */
    static OptionalLong in(Map<String, String> values, String name, long least, long most) throws WebProblem {
        String text = values.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            throw wrong(name, least, most);
        }
        throw wrong(name, least, most);
    }

    private static WebProblem wrong(String name, long least, long most) {
        return new WebProblem(400, "Bad request", name + " must be a number from " + least + " to " + most);
    }
}
