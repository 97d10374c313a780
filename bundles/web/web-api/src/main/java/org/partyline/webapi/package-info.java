/** The API for programs: {@code /v1}, and whether the server is well. */
package org.partyline.webapi;
