# Compiles every codec source for an ATmega328P, warnings as errors. Run with -DSOURCE=top -DOUT=directory.
find_program(AVR_GCC avr-gcc)
if(NOT AVR_GCC)
    message(FATAL_ERROR "avr-gcc was not found, so nobody knows whether the codec still compiles for a plate: install gcc-avr and avr-libc")
endif()
file(GLOB sources ${SOURCE}/firmware-protocol/codec/*.c)
if(NOT sources)
    message(FATAL_ERROR "no sources in ${SOURCE}/firmware-protocol/codec")
endif()
file(MAKE_DIRECTORY ${OUT})
foreach(source IN LISTS sources)
    get_filename_component(name ${source} NAME_WE)
    execute_process(
        COMMAND ${AVR_GCC} -mmcu=atmega328p -std=c99 -ffreestanding -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion
                -Werror -Os -I${SOURCE} -c ${source} -o ${OUT}/${name}.o
        RESULT_VARIABLE failed)
    if(failed)
        message(FATAL_ERROR "${source} does not compile for an AVR")
    endif()
    message(STATUS "${name}.c compiles for an ATmega328P")
endforeach()
