package org.partyline.messaging.state;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Names the services that an operation requires. @param all in the order in which missing ones are reported */
public record RequiredServices(List<Live<?>> all) {
    public RequiredServices {
        all = List.copyOf(all);
    }

    public static RequiredServices of(Live<?>... services) {
        return new RequiredServices(List.of(services));
    }

    /** These services and others. */
    public RequiredServices and(Live<?>... more) {
        return new RequiredServices(Stream.concat(all.stream(), Stream.of(more)).toList());
    }

    /** Whether all of them are present for the running operation. */
    public boolean areHere() {
        return all.stream().allMatch(Live::isHere);
    }

    /** The missing bundle, in one line; empty if none is missing. */
    public Optional<String> missing() {
        return all.stream().flatMap(service -> service.missing().stream()).findFirst();
    }

    /** @throws AbsentException names the missing bundle */
    public void require() {
        missing().ifPresent(reason -> {
            throw new AbsentException(reason);
        });
    }

    /** Work that uses the same services to its end. */
    @FunctionalInterface
    public interface Piece<X extends Exception> {
        void run() throws X;
    }

    /**
     * Performs an operation that must not be interrupted by a missing service.
     *
     * @throws AbsentException names the missing bundle; nothing was done
     */
    public <X extends Exception> void with(Operations operations, Piece<X> piece) throws X {
        operations.enter();
        try {
            require();
            piece.run();
        } finally {
            operations.leave();
        }
    }
}
