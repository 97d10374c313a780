/** What an operator sets: the engine's settings, their defaults and the files they are kept in. */
package org.partyline.engine.config;
