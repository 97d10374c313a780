package org.partyline.shell.testing;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Conversations.Selection;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebAccess;
import org.partyline.api.web.WebDevice;
import org.partyline.api.web.WebToken;
import org.partyline.shell.command.WebSwitch;

/** A web server in memory, with a token and two browsers. */
public final class FakeWeb implements WebAccess, WebSwitch {
    public boolean started = true;
    public final List<WebDevice> devices = new ArrayList<>(List.of(
            new WebDevice("5f3a09c1", "Firefox on Linux", Samples.NOW.minusSeconds(600), Samples.NOW),
            new WebDevice("90ab12cd", "Chrome on Android", Samples.NOW.minusSeconds(60), Samples.NOW)));
    public final List<WebToken> tokens = new ArrayList<>(List.of(new WebToken(
            "0123456789abcdef",
            "alerts",
            EnumSet.of(Scope.SEND),
            new Selection(Optional.empty(), Set.of("me/channel:lobby")),
            OptionalLong.of(5000),
            Samples.NOW.minusSeconds(7200),
            Optional.of(Samples.NOW.plusSeconds(86_400)),
            Optional.of(Samples.NOW.minusSeconds(60)))));

    @Override
    public URI address() {
        return URI.create("http://127.0.0.1:9480");
    }

    @Override
    public Created create(Wanted wanted) {
        WebToken token = new WebToken(
                "fedcba9876543210",
                wanted.name(),
                wanted.scopes(),
                wanted.seen(),
                wanted.dailySat(),
                Instant.ofEpochSecond(Samples.NOW.getEpochSecond()),
                wanted.expires(),
                Optional.empty());
        tokens.add(token);
        return new Created("plt_" + token.id() + "_" + "A".repeat(43), token);
    }

    @Override
    public List<WebToken> tokens() {
        return tokens;
    }

    @Override
    public WebToken revoke(String name) throws PartylineException {
        WebToken token = tokens.stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new PartylineException("there is no token of that name"));
        tokens.remove(token);
        return token;
    }

    /** The permissions of the browser that used the last link. */
    public Set<Scope> permitted = Set.of();

    @Override
    public URI login(Set<Scope> scopes) {
        permitted = scopes;
        return URI.create(address() + "/#" + "A".repeat(43));
    }

    @Override
    public List<WebDevice> devices() {
        return List.copyOf(devices);
    }

    @Override
    public WebDevice logout(String id) throws PartylineException {
        WebDevice device = devices.stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new PartylineException("no browser with that id is logged in"));
        devices.remove(device);
        return device;
    }

    @Override
    public List<WebDevice> logoutAll() {
        List<WebDevice> all = devices();
        devices.clear();
        return all;
    }

    @Override
    public void start() {
        started = true;
    }

    @Override
    public boolean stop() {
        boolean was = started;
        started = false;
        return was;
    }
}
