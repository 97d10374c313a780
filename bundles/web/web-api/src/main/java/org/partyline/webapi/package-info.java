/** The API for programs: {@code /v1}, and health checks. */
package org.partyline.webapi;
